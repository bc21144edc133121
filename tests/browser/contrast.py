"""Whether texts stand out from what is behind them."""

from playwright.sync_api import Page


def too_pale(page: Page) -> list[str]:
    """Return texts with less than 4.5 : 1 against the background that is painted behind them."""
    found: list[str] = page.evaluate(
        """() => {
          const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
          const known = new Map();
          const rgba = (color) => {
            if (known.has(color)) return known.get(color);
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
            const found = [...canvas.getImageData(0, 0, 1, 1).data];
            known.set(color, found);
            return found;
          };
          const light = (color) => {
            const [r, g, b] = color.slice(0, 3).map((each) => each / 255)
              .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = (element) => {
            for (let each = element; each; each = each.parentElement) {
              const color = rgba(getComputedStyle(each).backgroundColor);
              if (color[3] === 255) return color;
            }
            return [255, 255, 255, 255];
          };
          document.getAnimations().forEach((each) => each.finish());
          const pale = [];
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
            const [a, b] = [rgba(getComputedStyle(element).color), behind(element)]
              .map(light).sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) pale.push(`${ratio.toFixed(2)} ${texts.currentNode.data.trim()}`);
          }
          return pale;
        }"""
    )
    return found
