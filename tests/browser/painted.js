// Runs before the page's own script: when did a case's frame arrive, and when was the person on the screen?
(() => {
  window.__painted = [];
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        if (typeof data !== "string" || !data.includes('"noun":"case"') || !data.includes('"type":"change"')) return;
        const arrived = performance.now();
        const id = JSON.parse(data).id;
        const look = () => {
          if (document.querySelector(`[data-testid=pop][data-case="${id}"] [data-testid=pop-name]`))
            // This frame is being drawn; the next one begins when it stands on the screen.
            requestAnimationFrame(() => window.__painted.push(performance.now() - arrived));
          else if (performance.now() - arrived < 3000) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    }
  };
})();
