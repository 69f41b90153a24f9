// The texts of this page whose contrast with their background is below 4.5 (WCAG 2.2, 1.4.3).
() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const ownText = (element) =>
    [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim();
  return [...document.body.querySelectorAll("*")]
    .filter((element) => ownText(element) || element.matches("input, select, textarea"))
    .map((element) => {
      const lights = [channels(getComputedStyle(element).color), background(element)].map(luminance);
      const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      return [ratio, element.tagName, ownText(element).slice(0, 40)];
    })
    .filter(([ratio]) => ratio < 4.5);
};
