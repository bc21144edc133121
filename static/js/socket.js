// A WebSocket that comes back: waits longer after each failure, and not at all when the page returns.

export function listen(address, onMessage, onChange = () => {}) {
  let socket = null, timer = 0, attempt = 0, ended = false;

  function open() {
    const url = new URL(address(), location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(url);
    socket.onopen = () => { attempt = 0; onChange(true); };
    socket.onmessage = (event) => onMessage(JSON.parse(event.data));
    socket.onclose = () => {
      if (ended) return;
      onChange(false);
      timer = setTimeout(open, Math.min(10000, 300 * 2 ** attempt++) * (0.7 + Math.random() * 0.6));
    };
  }
  function hurry() {
    if (!ended && !document.hidden && socket.readyState === WebSocket.CLOSED) { clearTimeout(timer); open(); }
  }
  document.addEventListener("visibilitychange", hurry);
  addEventListener("online", hurry);
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", hurry);
    removeEventListener("online", hurry);
    socket.close();
  };
}
