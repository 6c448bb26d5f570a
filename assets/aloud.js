// Questions read aloud by the phone's own voice, for people who do not read well. Comes only to phones that have a voice for the
// page's language, and takes voices of the phone itself only: others send the text to their maker. Of a question that has a
// recording, the recording is what is heard.
(() => {
'use strict';
const d = document, id = name => d.getElementById(name), talk = speechSynthesis, lang = d.documentElement.lang;
const all = WORDS_OF_THE_PAGE, words = all[lang] || all.vi, now = 'fieldset.now,#enough.now,#words.now';
const voice = talk.getVoices().find(one => one.localService && !one.lang.indexOf(lang)), button = d.createElement('button');
let on;
if (!voice || id('aloud')) return;
talk.onvoiceschanged = null;

// A question and its answers, each said for itself; all of them where the whole form is shown.
function read() {
  talk.cancel();
  if (!on) return;
  const steps = d.querySelector(now) ? d.querySelectorAll(now) : d.querySelectorAll('fieldset,#words');
  steps.forEach(step => {
    if (step.querySelector('audio')) return;
    step.querySelectorAll('legend,p,label,button,.button').forEach(part => {
      const said = new SpeechSynthesisUtterance(part.textContent);
      said.voice = voice;
      said.lang = voice.lang;
      said.rate = 0.9;
      if (part.offsetParent) talk.speak(said);
    });
  });
}

function set(wanted) {
  on = wanted;
  button.setAttribute('aria-label', words[+on]);
  // A loudspeaker, or a square to stop it.
  button.innerHTML = '<svg width=24 height=24 viewBox="0 0 24 24" fill=none stroke=currentColor stroke-width=2 aria-hidden=true>' +
    (on ? '<path d="M6 6h12v12H6z"/>' : '<path d="M4 9v6h4l5 4V5L8 9zM16 9q2 3 0 6M18 6q5 6 0 12"/>') + '</svg>';
  read();
}

button.type = 'button';
button.id = 'aloud';
button.className = 'quiet';
button.style.minWidth = '44px';
button.onclick = () => set(!on);
id('ways').insertBefore(button, id('view'));
set(false);
// The next question is read when it comes: it takes the focus then.
d.addEventListener('focusin', e => { if (on && e.target.matches(now)) read(); });
// Sent, or gone elsewhere: silence.
d.addEventListener('submit', () => set(false), true);
addEventListener('pagehide', () => talk.cancel());
})();
