// SPDX-License-Identifier: GPL-2.0-only
// What the page looks like: dark or light, on paper, and as large as the screen it is on.
'use strict';

// unit: 1 for letters of 14 pixels; plot: as wide as the picture is, asked once for each
const sizes = { unit: 1, plot: 100 };
const rootOf = document.documentElement;

function measure() {
	sizes.unit = parseFloat(getComputedStyle(rootOf).fontSize) / 14;
	LANE_H = Math.round(22 * sizes.unit);
	AXIS_H = Math.round(26 * sizes.unit);
	BAR_H = Math.round(14 * sizes.unit);
	NAMES_W = Math.round(Math.min(160 * sizes.unit, rootOf.clientWidth * 0.3));
	sizes.plot = Math.max(100, $('plot').clientWidth - NAMES_W);
	for (const id of ['lanes', 'others']) {
		$(id).style.top = `${AXIS_H}px`;
		$(id).style.width = `${NAMES_W}px`;
		for (const lane of $(id).children)
			lane.style.height = lane.style.lineHeight = `${LANE_H}px`;
	}
	canvas.style.marginLeft = `${NAMES_W}px`;
}

// A colour of the style sheet, for what is drawn without it.
function colour(name) {
	return getComputedStyle(rootOf).getPropertyValue(`--${name}`).trim();
}

function setDark(on) {
	rootOf.classList.toggle('dark', on);
	$('theme').textContent = on ? 'light' : 'dark';
	draw();
}

// Paper is white, and as wide as it is.
function listenToPrinter() {
	let wasDark = false;

	window.onbeforeprint = () => {
		wasDark = rootOf.classList.contains('dark');
		rootOf.classList.add('print');
		setDark(false);
		showMoment();
	};
	window.onafterprint = () => {
		rootOf.classList.remove('print');
		setDark(wasDark);
		showMoment();
	};
}

const KEYS_HELP = [['\u2190 \u2192', 'state changes of the chosen thread'],
		   ['\u2191 \u2193', 'another thread'], ['[ ]', 'note before, next note'],
		   ['x', 'the answer'], ['a', 'where the deadlock is'], ['+ - 0', 'zoom'],
		   ['c', 'lanes of threads, CPUs, locks'], ['Z', 'part of the graph'],
		   ['d', 'dark, light'], ['?', 'these keys']];

function showKeys() {
	for (const [key, text] of KEYS_HELP) {
		const item = element($('keys'), 'span', '');

		element(item, 'kbd', key);
		item.appendChild(document.createTextNode(text));
	}
}

// Questions are on their sheet, answers on another one.
function showAnswers() {
	const asked = data.marks.filter((mark) => mark.question !== null);

	if (!asked.length)
		$('answers').remove();
	for (const mark of asked) {
		element($('answers'), 'p', `${clock(mark.at_ns)}  ${mark.question}`);
		element($('answers'), 'p', mark.answer === null ? '?' : mark.answer);
	}
}

// The note before the moment, or the next one.
function goNote(direction) {
	const marks = data.marks.filter((m) => direction > 0 ? m.at_ns > view.now : m.at_ns < view.now);

	if (marks.length)
		present(marks[direction > 0 ? 0 : marks.length - 1]);
}

// What the chosen thread does at the moment: for who cannot see the picture, or not so far away.
function tellMoment() {
	const s = stayAt(view.chosen, view.now), name = nameOf(view.chosen);
	const known = s && s.end <= view.end ? `, for ${duration(s.end - s.begin)}` : '';

	$('told').textContent = `${clock(view.now)}: ${name} ` +
		(s ? `is ${wordsOf(s, view.now)}${known}` : 'is not there');
}

// The last note that is not later is the one that is talked about.
function showHere() {
	const here = data.marks.reduce((found, m, i) => m.at_ns <= view.now ? i : found, -1);

	[...$('notes').children].forEach((row, i) => row.classList.toggle('here', i === here &&
							     data.marks[i].at_ns === view.now));
}

function answerHere() {
	const asked = data.marks.find((m) => m.question !== null && m.at_ns === view.end);

	if (asked && view.now < view.end)
		present(asked);
	const details = [...$('notes').querySelectorAll('.here details')].find((d) => !d.open);

	if (details)
		details.open = true;
}
