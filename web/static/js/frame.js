// What every page does: night mode, hiding, the session's end, and sending each form once.
import './night.js';
import './hide.js';
import './once.js';
import './session.js';
