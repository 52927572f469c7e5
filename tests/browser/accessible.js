// What axe objects to on this page, with the elements it means and what is wrong with them.
async () => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"],
    iframes: false,
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  const why = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
  return violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, nodes: nodes.slice(0, 4).map((node) => `${node.html.slice(0, 240)} ← ${why(node).slice(0, 200)}`),
  }));
}
