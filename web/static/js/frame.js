// What every page does: night mode, hiding, and the session's end.
import './night.js';
import './hide.js';
import './session.js';
