// SPDX-License-Identifier: GPL-2.0-only
// The timeline of an exported page. It loads nothing, and text from the trace becomes text
// only: textContent and fillText, never markup.
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
let LANE_H = 22, AXIS_H = 26, BAR_H = 14, NAMES_W = 160;	// pixels, see measure()
const TERMINAL_COLS = 66;	// of a timeline: what a zoom is about
const STATE = {};		// name -> index; words are those that were asked for
data.states.forEach((s, i) => { STATE[s.name] = i; });

// A stay is [lane, begin, length, state, words, holder, evidence, waker, link, how long it
// had waited before, relation to the holder, what was known earlier] (export_html.c); a link says what the wait is for and
// who could end it (html_links.c).
const lanes = data.threads.map((t) => ({ thread: t, stays: [] }));
for (const s of data.stays)
	lanes[s[0]].stays.push({ lane: s[0], begin: s[1], end: s[1] + s[2], state: s[3],
				 words: s[4], holder: s[5], evidence: s[6], waker: s[7],
				 link: data.links[s[8]], before: s[9], relation: s[10] || 'held by',
				 early: s[11] || [] });
for (const lane of lanes)
	lane.stays.sort((a, b) => a.begin - b.begin || a.end - b.end);

const whole = data.to_ns - data.from_ns || 1;
// rows: the lanes that are shown, from top to bottom; end: what comes later is not to be seen.
const view = { begin: 0, span: whole, now: whole, chosen: 0, rows: [], rowOf: new Map(),
	       end: Infinity, lock: '', kind: 'threads', focus: false };

function setRows(rows) {
	view.rows = rows;
	view.rowOf = new Map(rows.map((lane, row) => [lane, row]));
}

setRows(lanes.map((_, i) => i));

// --- words -----------------------------------------------------------------------

function duration(ns) {
	for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['us', 1e3]])
		if (ns >= size)
			return `${(ns / size).toPrecision(3)} ${unit}`;
	return `${Math.round(ns)} ns`;
}

// With as many digits as the picture can tell apart.
function clock(ns) {
	const digits = Math.min(9, Math.max(3, Math.ceil(9 - Math.log10(view.span / 1000))));

	return `${((ns + data.from_ns) / 1e9).toFixed(digits)} s`;
}

function nameOf(lane) {
	return lanes[lane] ? lanes[lane].thread.name : '?';
}

// "Blocked: mutex fork[1], held by phil-2 (read)"
function wordsOf(s, ns) {
	const holder = holderAt(s, ns);
	let text = data.states[s.state].word;

	if (s.words)
		text += `: ${s.words}`;
	if (holder)
		text += `${s.relation === 'of' ? '' : ','} ${s.relation} ${holder}`;
	return text;
}

function tipOf(s, ns) {
	let text = `${nameOf(s.lane)}  ${wordsOf(s, ns)}`;

	if (s.end > view.end)
		return text;
	text += `  ${duration(s.end - s.begin)}`;
	if (s.waker >= 0)
		text += `; then woken by ${nameOf(s.waker)}`;
	else if (s.waker === -2)
		text += '; then woken by an interrupt';
	return text;
}

// --- time ------------------------------------------------------------------------

// The stay of a lane at a time, or undefined: it was not there.
function stayAt(lane, ns) {
	const stays = lanes[lane].stays;
	let low = 0, high = stays.length;

	while (low < high) {
		const mid = (low + high) >> 1;

		if (stays[mid].begin <= ns)
			low = mid + 1;
		else
			high = mid;
	}
	const s = stays[low - 1];

	return s && (ns < s.end || (ns === s.end && s.end === whole)) ? s : undefined;
}

// What was known at a time of who could end the wait: until when, link, until when, link ...
function linkAt(s, ns) {
	for (let i = 0; i < s.early.length; i += 2)
		if (ns < s.begin + s.early[i])
			return data.links[s.early[i + 1]];
	return s.link;
}

// Who holds what it waits for, as far as it was known then: "phil-2 (read, not confirmed)", or ''.
function holderAt(s, ns) {
	const link = linkAt(s, ns);

	if (link === s.link)
		return s.holder >= 0 ? `${nameOf(s.holder)} (${s.evidence})` : '';
	const holder = link ? holderOf(link) : null;

	return holder !== null ? `${holder} ${link.label.slice(link.label.indexOf('('))}` : '';
}

function plotWidth() {
	return sizes.plot;
}

function xOf(ns) {
	return (ns - view.begin) / view.span * plotWidth();
}

function nsOf(x) {
	return view.begin + x / plotWidth() * view.span;
}

function zoom(factor, at) {
	const span = Math.min(whole, Math.max(100, view.span * factor));

	view.begin = at - (at - view.begin) * span / view.span;
	view.span = span;
	view.begin = Math.min(Math.max(view.begin, 0), whole - span);
	draw();
}

// Who goes behind a question has had it answered.
function moveTo(ns) {
	if (ns > view.end)
		view.end = Infinity;
	view.now = Math.min(Math.max(Math.round(ns), 0), whole);
	if (view.now < view.begin || view.now > view.begin + view.span)
		view.begin = Math.min(Math.max(view.now - view.span / 2, 0), whole - view.span);
	draw();
	showMoment();
}

// The next or previous change of state of the chosen thread.
function step(direction) {
	const times = lanes[view.chosen].stays.map((s) => s.begin);
	const found = direction > 0 ? times.find((t) => t > view.now)
				    : times.filter((t) => t < view.now).pop();

	if (found !== undefined)
		moveTo(found);
}

// --- the picture -------------------------------------------------------------------

const canvas = $('canvas'), paper = canvas.getContext('2d');

function drawAxis(width, height) {
	const most = Math.max(1, Math.min(10, width / (70 * sizes.unit)));
	let step = 1;

	while (view.span / step > most)
		step *= view.span / (step * 2) <= most ? 2 : view.span / (step * 5) <= most ? 5 : 10;
	const first = Math.ceil((view.begin + data.from_ns) / step) * step;
	const digits = Math.max(0, Math.ceil(9 - Math.log10(step)));

	for (let ns = first; ns <= view.begin + data.from_ns + view.span; ns += step) {
		const x = xOf(ns - data.from_ns), text = `${(ns / 1e9).toFixed(digits)} s`;
		const half = paper.measureText(text).width / 2 + 2;

		paper.fillStyle = colours.ink;
		paper.fillText(text, Math.min(Math.max(x, half), width - half), 14 * sizes.unit);
		paper.fillStyle = colours.grid;
		paper.fillRect(x, AXIS_H - 4, 1, height - AXIS_H + 4);
	}
}

// Is it the lock that a note wants to be seen?
function isOnLock(words) {
	return view.lock !== '' && words.endsWith(` ${view.lock}`);
}

// On a bar, where they fit.
function drawWords(words, x, width, y) {
	const left = Math.max(x, 0), right = Math.min(x + width, plotWidth());

	const length = width < 30 ? 0 : paper.measureText(words).width + 8 * sizes.unit;

	if (!words || !length || length > right - left)
		return;
	paper.fillStyle = colours.paper;
	paper.fillRect((left + right - length) / 2, y, length, BAR_H);
	paper.fillStyle = colours.ink;
	paper.fillText(words, (left + right) / 2, y + BAR_H - 3 * sizes.unit);
}

function drawBar(s, y) {
	const state = data.states[s.state], x = xOf(s.begin);
	const width = xOf(Math.min(s.end, view.end)) - x;

	paper.fillStyle = state.color;
	paper.fillRect(x, y + (BAR_H - state.height * sizes.unit) / 2, Math.max(width, 1),
		       state.height * sizes.unit);
	if (isOnLock(s.words)) {
		paper.lineWidth = 2;
		paper.strokeStyle = colours.ink;
		paper.strokeRect(x, y - 1, width, BAR_H + 2);
	}
	drawWords(s.words || (state.height < BAR_H / 2 ? state.word : ''), x, width, y);
}

// Long ones first, so that what is short is not hidden; what shares a pixel is drawn once.
function drawLane(lane, y) {
	const stays = lanes[lane].stays, short = [], seen = [];	// seen: the last pixel of each state

	for (const s of stays) {
		if (s.end < view.begin || s.begin > Math.min(view.begin + view.span, view.end))
			continue;
		if ((s.end - s.begin) * plotWidth() >= view.span) {
			drawBar(s, y);
			continue;
		}
		const pixel = Math.floor(xOf(s.begin));

		if (pixel !== seen[s.state])
			short.push(s);
		seen[s.state] = pixel;
	}
	short.sort((a, b) => data.states[a.state].height - data.states[b.state].height);
	for (const s of short)
		drawBar(s, y);
}

function laneY(lane) {
	return AXIS_H + view.rowOf.get(lane) * LANE_H + (LANE_H - BAR_H) / 2;
}

// The lane at a height of the picture; undefined: none is there.
function laneAt(y) {
	return view.kind === 'threads' ? view.rows[Math.floor((y - AXIS_H) / LANE_H)] : undefined;
}

// From who wakes to who is woken, while there is room for arrows.
function drawArrows() {
	const arrows = [];

	const end = Math.min(view.begin + view.span, view.end);

	for (const lane of view.rows)
		for (const s of lanes[lane].stays) {
			if (!view.rowOf.has(s.waker) || s.end < view.begin || s.end > end)
				continue;
			if (arrows.push(s) > 400)
				return;
		}
	paper.strokeStyle = paper.fillStyle = colours.dim;
	paper.lineWidth = 0.8;
	for (const s of arrows) {
		const x = xOf(s.end), down = s.waker < s.lane;
		const to = laneY(s.lane) + (down ? 0 : BAR_H), tip = down ? -5 : 5;

		paper.beginPath();
		paper.moveTo(x, laneY(s.waker) + BAR_H / 2);
		paper.lineTo(x, to);
		paper.stroke();
		paper.beginPath();
		paper.moveTo(x, to);
		paper.lineTo(x - 3, to + tip);
		paper.lineTo(x + 3, to + tip);
		paper.fill();
	}
}

// A note: a line, and a flag that is seen from afar.
function drawNote(mark, height) {
	const x = xOf(mark.at_ns), size = 6 * sizes.unit;

	drawMark(mark.at_ns, height, colours.line, 1);
	paper.fillStyle = mark.question === null ? colours.dim : colours.focus;
	paper.beginPath();
	paper.moveTo(x - size, AXIS_H - 4 - size);
	paper.lineTo(x + size, AXIS_H - 4 - size);
	paper.lineTo(x, AXIS_H - 4 + size / 2);
	paper.fill();
}

function drawMark(ns, height, color, width) {
	paper.fillStyle = color;
	paper.fillRect(xOf(ns) - width / 2, AXIS_H - 4, width, height);
}

// What is asked for.
function drawHidden(width, height) {
	const x = Math.max(xOf(view.end), 0);

	if (x >= width)
		return;
	paper.fillStyle = colours.hidden;
	paper.fillRect(x, AXIS_H, width - x, height);
	paper.fillStyle = colours.ink;
	const text = '? hidden until the question is answered (x)';
	const fits = paper.measureText(text).width < width - x;

	paper.fillText(fits ? text : '?', (x + width) / 2, (AXIS_H + height) / 2);
}

// Those of the style sheet, asked once for each picture.
const colours = {};

function draw() {
	measure();
	for (const name of ['paper', 'ink', 'dim', 'line', 'grid', 'hidden', 'bad', 'focus'])
		colours[name] = colour(name);
	const cnt = view.kind === 'threads' ? view.rows.length : otherRows().length;
	const width = plotWidth(), height = AXIS_H + cnt * LANE_H + 4;
	const ratio = window.devicePixelRatio || 1;

	canvas.width = width * ratio;
	canvas.height = height * ratio;
	canvas.style.width = `${width}px`;
	canvas.style.height = `${height}px`;
	paper.setTransform(ratio, 0, 0, ratio, 0, 0);
	paper.font = `${11 * sizes.unit}px sans-serif`;
	paper.textAlign = 'center';
	drawAxis(width, height);
	if (view.kind === 'threads') {
		for (const lane of view.rows)
			drawLane(lane, laneY(lane));
		drawArrows();
	} else {
		drawOtherRows();
	}
	for (const mark of data.marks)
		if (mark.at_ns <= view.end)
			drawNote(mark, height);
	drawHidden(width, height);
	$('sentence').hidden = view.end < Infinity;
	if (data.verdict.at_ns !== null && data.verdict.at_ns <= view.end)
		drawMark(data.verdict.at_ns, height, colours.bad, 2 * sizes.unit);
	drawMark(view.now, height, colours.ink, 2);
	$('clock').textContent = clock(view.now);
}

// --- the moment ----------------------------------------------------------------------

function element(parent, tag, text) {
	const node = document.createElement(tag);

	node.textContent = text;
	parent.appendChild(node);
	return node;
}

function showStates() {
	const table = $('states');

	table.replaceChildren();
	const head = element(table, 'tr', '');

	for (const word of ['thread', 'state', 'since', 'waits for', 'whom'])
		element(head, 'th', word).scope = 'col';
	view.rows.forEach((i) => {
		const lane = lanes[i], s = stayAt(i, view.now), row = element(table, 'tr', '');

		row.className = isAlarm(i, s) ? 'bad' : '';
		element(row, 'td', lane.thread.name);
		element(row, 'td', s ? data.states[s.state].word : 'not there');
		element(row, 'td', s ? duration(view.now - s.begin) : '');
		element(row, 'td', s ? s.words : '');
		element(row, 'td', s ? holderAt(s, view.now) : '');
	});
}

function showMoment() {
	showStates();
	showGraph();
	showHere();
	tellMoment();
}

// --- the rest of the page ---------------------------------------------------------------

function showHead() {
	document.title = $('title').textContent = data.source;
	$('sentence').textContent = data.verdict.sentence;
	$('sentence').className = data.verdict.is_bad ? 'bad' : '';
	const parts = [data.command, `Linux ${data.kernel}`, `${data.threads.length} threads`,
		       `${data.lost} events lost`];

	if (data.truncated)
		parts.push('the recording was not closed');
	$('about').textContent = parts.filter(Boolean).join(' \u00b7 ');
	for (const s of data.states) {
		if (!s.color)
			continue;
		const item = element($('legend'), 'span', ''), sample = element(item, 'i', '');

		sample.style.height = `${s.height / 14}rem`;
		sample.style.background = s.color;
		item.appendChild(document.createTextNode(s.word));
		item.title = s.help;
	}
}

function choose(lane) {
	view.chosen = lane;
	[...$('lanes').children].forEach((node, i) => {
		node.className = `lane${i === lane ? ' chosen' : ''}`;
	});
	showGraph();
	tellMoment();
}

function chooseBeside(direction) {
	const lane = view.rows[view.rowOf.get(view.chosen) + direction];

	if (lane !== undefined)
		choose(lane);
}

function showLanes() {
	lanes.forEach((lane, i) => {
		const node = element($('lanes'), 'div', lane.thread.name);

		element(node, 'span', lane.thread.tid).className = 'tid';
		node.onclick = () => choose(i);
	});
	choose(0);
}

// The threads that a note wants to be seen: as the screen does, by what is told of them now.
function showThreads(text) {
	const wanted = text.toLowerCase();

	setRows(lanes.map((_, i) => i).filter((i) => {
		const s = stayAt(i, view.now), t = lanes[i].thread;

		return `${t.tid} ${t.name} ${s ? wordsOf(s, view.now) : ''}`.toLowerCase().includes(wanted);
	}));
	[...$('lanes').children].forEach((node, i) => { node.hidden = !view.rowOf.has(i); });
	if (!view.rowOf.has(view.chosen) && view.rows.length)
		choose(view.rows[0]);
	$('only').hidden = view.rows.length === lanes.length;
	$('only').textContent = `only ${text}: ${view.rows.length} of ${lanes.length} threads`;
}

const BOXES = { timeline: 'plot', graph: 'graphbox', threads: 'statesbox', output: 'outputbox' };

// As a note was prepared: with a view all of the picture is its own, else only what it names.
function present(mark) {
	view.end = mark.question === null ? Infinity : mark.at_ns;
	if (mark.view !== null) {
		view.lock = '';
		Object.assign(view, { begin: 0, span: whole });
		for (const name of Object.keys(BOXES))
			$(BOXES[name]).classList.toggle('shown', name === mark.view);
	}
	if (mark.zoom_ns)
		view.span = Math.min(whole, mark.zoom_ns * TERMINAL_COLS);
	if (mark.zoom_ns || mark.view !== null)
		view.begin = Math.min(Math.max(mark.at_ns - view.span / 2, 0), whole - view.span);
	if (mark.lock !== null)
		view.lock = mark.lock;
	if (mark.lanes !== null || mark.view !== null)
		setKind(mark.lanes);
	view.now = mark.at_ns;
	if (mark.threads !== null || mark.view !== null)
		showThreads(mark.threads || '');
	const chosen = lanes.findIndex((lane) => lane.thread.name === mark.select);

	if (chosen >= 0)
		choose(chosen);
	moveTo(mark.at_ns);
}

// "graph, threads phil, 20ms in a column"
function pictureOf(mark) {
	return [mark.view, mark.lanes && `lanes of ${mark.lanes}`, mark.threads && `threads ${mark.threads}`, mark.select, mark.lock,
		mark.zoom && `${mark.zoom} in a column`].filter(Boolean).join(', ');
}

function showList(box, list, items, go) {
	if (!items.length)
		$(box).hidden = true;
	for (const item of items) {
		const row = element($(list), 'div', ''), link = element(row, 'button', clock(item.at_ns));

		link.onclick = () => go(item);
		row.appendChild(document.createTextNode(`  ${item.text}`));
	}
}

// A question stands for itself; a click on it tells the answer, and shows what came next.
function showQuestions() {
	data.marks.forEach((mark, i) => {
		const row = $('notes').children[i];

		if (mark.chapter)
			row.className = 'chapter';
		if (pictureOf(mark))
			element(row, 'span', ` [${pictureOf(mark)}]`).className = 'picture';
		if (mark.question === null)
			return;
		const details = element(row, 'details', '');

		element(details, 'summary', mark.question);
		element(details, 'div', mark.answer === null ? '?' : mark.answer);
		details.ontoggle = () => {
			if (!details.open)
				return;
			view.end = Infinity;
			draw();
			tellMoment();
		};
	});
}

function showTip(event) {
	const lane = laneAt(event.offsetY), ns = nsOf(event.offsetX);
	const s = lane === undefined || ns > view.end ? undefined : stayAt(lane, ns);
	const text = s ? tipOf(s, ns)
		       : view.kind !== 'threads' && ns <= view.end ? tipOfOther(event.offsetY, ns) : '';

	$('tip').hidden = !text;
	if (!text)
		return;
	$('tip').textContent = text;
	$('tip').style.left = `${Math.min(event.clientX + 12, window.innerWidth - 300)}px`;
	$('tip').style.top = `${event.clientY + 14}px`;
}

// Two fingers: as far apart as they were, and where between them the zoom stays.
function pinch(fingers, event) {
	const before = Math.abs(fingers[0].x - fingers[1].x) || 1;

	fingers.find((f) => f.id === event.pointerId).x = event.offsetX;
	const now = Math.abs(fingers[0].x - fingers[1].x) || 1;

	zoom(before / now, nsOf((fingers[0].x + fingers[1].x) / 2));
}

function listenToPointer() {
	let drag = null, fingers = [];

	canvas.onpointerdown = (event) => {
		fingers.push({ id: event.pointerId, x: event.offsetX });
		drag = { x: event.offsetX, begin: view.begin, moved: false };
		canvas.setPointerCapture(event.pointerId);
	};
	canvas.onpointermove = (event) => {
		showTip(event);
		if (fingers.length === 2) {
			drag = null;
			pinch(fingers, event);
		}
		if (!drag || Math.abs(event.offsetX - drag.x) < 4 && !drag.moved)
			return;
		drag.moved = true;
		view.begin = drag.begin - (event.offsetX - drag.x) / plotWidth() * view.span;
		view.begin = Math.min(Math.max(view.begin, 0), whole - view.span);
		draw();
	};
	canvas.onpointercancel = (event) => {
		fingers = fingers.filter((f) => f.id !== event.pointerId);
		drag = null;
	};
	canvas.onpointerup = (event) => {
		const lane = laneAt(event.offsetY);

		fingers = fingers.filter((f) => f.id !== event.pointerId);
		if (drag && !drag.moved) {
			if (lane !== undefined)
				choose(lane);
			moveTo(nsOf(event.offsetX));
		}
		drag = null;
	};
	canvas.onpointerleave = () => { $('tip').hidden = true; };
	canvas.addEventListener('wheel', (event) => {
		event.preventDefault();
		zoom(event.deltaY > 0 ? 1.25 : 0.8, nsOf(event.offsetX));
	}, { passive: false });
}

function listen() {
	const actions = {
		'+': () => zoom(0.5, view.now), '=': () => zoom(0.5, view.now),
		'-': () => zoom(2, view.now), '0': () => zoom(Infinity, 0),
		ArrowLeft: () => step(-1), ArrowRight: () => step(1),
		ArrowUp: () => chooseBeside(-1), ArrowDown: () => chooseBeside(1),
		c: nextKind, Z: () => setFocus(!view.focus),
		'[': () => goNote(-1), ']': () => goNote(1), x: answerHere,
		a: () => moveTo(data.verdict.moment_ns),
		d: () => setDark(!rootOf.classList.contains('dark')),
		'?': () => { $('keys').hidden = !$('keys').hidden; },
	};

	document.addEventListener('keydown', (event) => {
		const scrolls = event.key.startsWith('Arrow') && event.target === $('output');

		if (actions[event.key] && !scrolls && !event.ctrlKey && !event.metaKey && !event.altKey) {
			event.preventDefault();
			actions[event.key]();
		}
	});
	for (const [id, key] of [['in', '+'], ['out', '-'], ['all', '0'], ['prev', 'ArrowLeft'],
				 ['next', 'ArrowRight'], ['kind', 'c'], ['focus', 'Z'], ['theme', 'd'],
				 ['help', '?']])
		$(id).onclick = actions[key];
	$('only').onclick = () => { showThreads(''); draw(); showMoment(); };
	window.onresize = () => { draw(); showMoment(); };
	listenToPrinter();
	listenToPointer();
}

// The moment that matters; where something is asked, the begin, for that would answer it.
function showFirst() {
	const question = data.marks.find((mark) => mark.question !== null);

	if (question)
		view.end = question.at_ns;
	moveTo(question ? 0 : data.verdict.moment_ns);
}

showHead();
if (lanes.length) {
	showLanes();
	showList('notesbox', 'notes', data.marks, present);
	showQuestions();
	showAnswers();
	showKeys();
	showList('outputbox', 'output', data.output, (line) => moveTo(line.at_ns));
	listen();
	showFirst();
	setDark(window.matchMedia('(prefers-color-scheme: dark)').matches);
}
