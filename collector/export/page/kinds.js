// SPDX-License-Identifier: GPL-2.0-only
// Lanes of CPUs, with who runs on each, and of locks, with who has each and how many wait.

const KINDS = ['threads', 'cpus', 'locks'], rowsOfKind = {};

// A lane is { name, bars }, a bar { begin, end, color, height, text }.
function cpuRows() {
	const rows = new Map(), running = data.states[STATE.Running];

	for (const lane of lanes)
		for (const s of lane.stays) {
			if (s.state !== STATE.Running || !s.words)
				continue;
			if (!rows.has(s.words))
				rows.set(s.words, { name: s.words, bars: [] });
			rows.get(s.words).bars.push({ begin: s.begin, end: s.end, color: running.color,
						      height: running.height, text: nameOf(s.lane) });
		}
	return [...rows.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function holderOf(link) {
	return !link || link.learned || link.ends.length !== 1 || !link.label.startsWith('held by ')
	       ? null : link.ends[0].name;
}

// Between one change and the next as many wait as have begun and not ended.
function lockBars(waits) {
	const changes = waits.flatMap((s) => [[s.begin, 1, s], [s.end, -1, s]])
			     .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	const blocked = data.states[STATE.Blocked], bars = [], waiting = new Set();

	changes.forEach(([at, by, stay], i) => {
		if (by > 0)
			waiting.add(stay);
		else
			waiting.delete(stay);
		const end = i + 1 < changes.length ? changes[i + 1][0] : at;

		if (!waiting.size || end === at)
			return;
		const holder = [...waiting].map((s) => holderOf(s.link)).find((name) => name !== null);
		const cnt = `${waiting.size} wait${waiting.size === 1 ? 's' : ''}`;

		const text = holder === undefined ? cnt : `${holder} has it, ${cnt}`;
		const last = bars[bars.length - 1];

		if (last && last.text === text && last.end === at)
			last.end = end;
		else
			bars.push({ begin: at, end, color: blocked.color, text,
				    height: Math.min(14, 2 + 2 * waiting.size) });
	});
	return bars;
}

// What was known of a wait changes while it lasts.
function piecesOf(s) {
	const ends = [...s.early.filter((_, i) => !(i % 2)).map((after) => s.begin + after), s.end];

	return ends.map((end, i) => {
		const begin = i ? ends[i - 1] : s.begin;

		return { begin, end, link: linkAt(s, begin) };
	});
}

function lockRows() {
	const waits = new Map();

	for (const lane of lanes)
		for (const s of lane.stays)
			if (s.link && s.link.object >= 0)
				waits.set(s.link.object, [...waits.get(s.link.object) || [],
								  ...piecesOf(s)]);
	return [...waits].sort((a, b) => a[0] - b[0])
			 .map(([object, stays]) => ({ name: data.objects[object], bars: lockBars(stays) }));
}

function otherRows() {
	if (!rowsOfKind[view.kind])
		rowsOfKind[view.kind] = view.kind === 'cpus' ? cpuRows() : lockRows();
	return rowsOfKind[view.kind];
}

function drawOtherBar(bar, y) {
	const x = xOf(bar.begin), width = xOf(Math.min(bar.end, view.end)) - x;

	paper.fillStyle = bar.color;
	paper.fillRect(x, y + (BAR_H - bar.height * sizes.unit) / 2, Math.max(width, 1),
		       bar.height * sizes.unit);
	drawWords(bar.text, x, width, y);
}

function drawOtherRows() {
	otherRows().forEach((row, i) => {
		let seen = -1;

		for (const bar of row.bars) {
			const pixel = Math.floor(xOf(bar.end));

			if (bar.end < view.begin || bar.begin > Math.min(view.begin + view.span, view.end) ||
			    pixel === seen && (bar.end - bar.begin) * plotWidth() < view.span)
				continue;
			drawOtherBar(bar, AXIS_H + i * LANE_H + (LANE_H - BAR_H) / 2);
			seen = pixel;
		}
	});
}

function tipOfOther(y, ns) {
	const row = otherRows()[Math.floor((y - AXIS_H) / LANE_H)];
	const bar = row && row.bars.find((b) => b.begin <= ns && ns < b.end);

	return bar ? `${row.name}  ${bar.text}  ${duration(bar.end - bar.begin)}` : '';
}

function setKind(kind) {
	view.kind = KINDS.includes(kind) ? kind : 'threads';
	$('kind').textContent = `lanes: ${view.kind}`;
	$('lanes').hidden = view.kind !== 'threads';
	$('others').hidden = view.kind === 'threads';
	$('others').replaceChildren();
	if (view.kind !== 'threads')
		for (const row of otherRows())
			element($('others'), 'div', row.name).className = 'lane';
	draw();
}

function nextKind() {
	setKind(KINDS[(KINDS.indexOf(view.kind) + 1) % KINDS.length]);
}
