"""axe's rules about colours, asked once of each look instead of once of each word.

Whether a text can be read hangs on how it and what lies behind it are painted, and where it stands in the page. Menus,
buttons and the rows of tables look the same a thousand times; finding out what lies behind each takes axe longer than
all its other rules together.
"""

from typing import Any, cast

from playwright.sync_api import Page

OF_COLOUR = ("color-contrast", "link-in-text-block")  # the rules whose answer hangs on the scheme

# Two texts look the same when all that is written here is the same for both: their own paint, and for themselves and
# whatever they stand in the tag, the classes and the paint. What cannot be seen is neither asked about nor remembered.
ASK = """async ({seen, rules}) => {
  const known = new Set(seen), fresh = [], met = [];
  const paint = style => [style.backgroundColor, style.backgroundImage, style.opacity, style.position, style.filter,
    style.mixBlendMode].join();
  const digest = text => {  // 53 bits are enough to tell a thousand looks apart
    let one = 0xdeadbeef, two = 0x41c6ce57;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      one = Math.imul(one ^ code, 2654435761);
      two = Math.imul(two ^ code, 1597334677);
    }
    return (two >>> 11) * 4294967296 + (one >>> 0);
  };
  const around = new Map();
  const place = node => {
    if (!node || node === document.documentElement) return '';
    if (!around.has(node)) {
      const state = ['aria-current', 'aria-disabled', 'aria-invalid', 'disabled', 'open', 'type']
        .map(name => node.getAttribute(name)).join();
      around.set(node, [node.localName, node.className, state, paint(getComputedStyle(node))].join()
        + '>' + place(node.parentElement));
    }
    return around.get(node);
  };
  for (const node of document.body.querySelectorAll('*')) {
    const says = [...node.childNodes].map(one => one.nodeType === 3 ? one.data.trim() : '').join('');
    if (!says && !['input', 'select', 'textarea', 'button'].includes(node.localName)) continue;
    if (!node.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const style = getComputedStyle(node), box = node.getBoundingClientRect();
    const look = [style.color, style.fontSize, style.fontWeight, style.textShadow, style.textDecorationLine,
      style.clipPath, getComputedStyle(node.parentElement).color, node.matches(':disabled'),
      !!node.closest('label')?.control?.disabled, box.width > 1 && box.height > 1, says.length > 1, place(node)];
    const number = digest(look.join());
    if (known.has(number)) continue;
    known.add(number);
    fresh.push(node);
    met.push(number);
  }
  if (!fresh.length) return {met, violations: []};
  const found = await axe.run({include: fresh}, {resultTypes: ['violations'], runOnly: rules});
  return {met, violations: found.violations};
}"""


class Colours:
    """What was looked at already, in each colour scheme."""

    def __init__(self) -> None:
        self._seen: dict[str, list[int]] = {}

    def ask(self, page: Page, scheme: str) -> list[dict[str, Any]]:
        """Return axe's findings on every look of the open page that no page before it had in this scheme."""
        seen = self._seen.setdefault(scheme, [])
        answer = page.evaluate(ASK, {"seen": seen, "rules": list(OF_COLOUR)})
        seen += answer["met"]
        return cast(list[dict[str, Any]], answer["violations"])
