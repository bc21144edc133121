// A WebSocket that reconnects, after longer waits with each failure, at once when the page is visible again.

export function listen(address, onMessage, onChange = () => {}) {
  let socket = null, timer = 0, attempt = 0, isEnded = false;

  function connect() {
    const url = new URL(address(), location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(url);
    socket.onopen = () => { attempt = 0; onChange(true); };
    socket.onmessage = (event) => onMessage(JSON.parse(event.data));
    socket.onclose = () => {
      if (isEnded) return;
      onChange(false);
      timer = setTimeout(connect, Math.min(10000, 300 * 2 ** attempt++) * (0.7 + Math.random() * 0.6));
    };
  }
  function reconnectNow() {
    if (!isEnded && !document.hidden && socket.readyState === WebSocket.CLOSED) { clearTimeout(timer); connect(); }
  }
  document.addEventListener("visibilitychange", reconnectNow);
  addEventListener("online", reconnectNow);
  connect();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", reconnectNow);
    removeEventListener("online", reconnectNow);
    socket.close();
  };
}
