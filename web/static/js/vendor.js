// Where third-party files are. The version is in the folder's name, so that browsers may keep them for ever;
// tests/web/test_assets.py says when a folder named here no longer exists.
export * as maplibre from '/static/vendor/maplibre-gl-6.17.0/maplibre-gl.mjs';

export const FONT =
  '/static/vendor/atkinson-hyperlegible-next-5.3.0/atkinson-hyperlegible-next-latin-wght-normal.woff2';
