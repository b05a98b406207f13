// The one Trusted Types policy, loaded before anything else: only our own scripts may become workers,
// and no text may become markup (there is no createHTML).
if (window.trustedTypes) {
  window.trustedTypes.createPolicy('default', {
    createScriptURL(url) {
      const asked = new URL(url, location.origin);
      if (asked.origin !== location.origin || !asked.pathname.startsWith('/static/')) {
        throw new TypeError('A script from elsewhere was refused.');
      }
      return url;
    },
  });
}
