// SPDX-License-Identifier: GPL-2.0-only
// The wait-for graph of a moment, made from the waits of that moment as model/wait_graph.c makes
// it: threads, processes, and between them the locks, pipes, sockets and the like. Names that were
// found out while a wait lasted are told from its begin; who could end it, and whether that was
// confirmed, as it was known at the moment.
'use strict';

const SVG = 'http://www.w3.org/2000/svg', CELL_W = 260, CELL_H = 92, NODE_H = 36;
const TITLE_MAX = 28, FOLD_MIN = 9;
const REQUEST = 0, ANY = 1, END = 2, SOME = 3, LEARNED = 4;	// kinds of edges, the surest first

function shape(parent, tag, attributes, text) {
	const node = document.createElementNS(SVG, tag);

	for (const key of Object.keys(attributes))
		node.setAttribute(key, attributes[key]);
	if (text !== undefined)
		node.textContent = text;
	parent.appendChild(node);
	return node;
}

// Is the verdict about this stay of a thread?
function isAlarm(lane, stay) {
	const v = data.verdict;

	return v.is_bad && view.now >= v.since_ns && v.lanes.includes(lane) && stay !== undefined &&
	       stay === stayAt(lane, v.moment_ns);
}

function emptyGraph() {
	return { nodes: new Map(), edges: new Map(), told: new Set(), objectOf: new Map() };
}

function threadNode(g, lane) {
	const id = `t${lane}`, stay = stayAt(lane, view.now), thread = lanes[lane].thread;

	if (!g.nodes.has(id))
		g.nodes.set(id, { title: `${thread.name} (${thread.tid})`, lane, round: true,
				  state: stay ? data.states[stay.state].word : 'has ended',
				  alarm: isAlarm(lane, stay) });
	return id;
}

function objectNode(g, object) {
	const id = `o${object}`;

	if (!g.nodes.has(id))
		g.nodes.set(id, { title: data.objects[object], lock: isOnLock(data.objects[object]) });
	return id;
}

function endNode(g, end) {
	if (end.lane < 0) {
		const id = `p${end.name}`;

		g.nodes.set(id, { title: end.name, round: true, state: 'not traced' });
		return id;
	}
	const id = threadNode(g, end.lane), node = g.nodes.get(id);

	if (end.process && !node.title.startsWith('process '))
		node.title = `process ${node.title}`;
	return id;
}

// Several that wait for the same tell of the same end.
function addEdge(g, edge) {
	const key = `${edge.from} ${edge.to}`, known = g.edges.get(key);

	if (!known || edge.kind < known.kind || edge.kind === known.kind && !edge.dashed)
		g.edges.set(key, edge);
}

function addRequest(g, from, kind, link, label) {
	const object = objectNode(g, link.object);

	addEdge(g, { from, to: object, kind, dashed: kind === ANY, label: label + link.purpose });
	if (g.nodes.get(from).alarm)
		g.nodes.get(object).alarm = true;
	return object;
}

function addEnds(g, from, link, label) {
	if (link.learned || !link.ends.length)
		return;
	g.told.add(from);
	for (const end of link.ends)
		addEdge(g, { from, to: endNode(g, end), dashed: link.dashed,
			     kind: link.label.startsWith('could ') || link.label.startsWith('perhaps ')
				   ? SOME : END, label });
}

function addWait(g, lane, stay) {
	const link = linkAt(stay, view.now), age = duration(view.now - stay.begin + stay.before);
	const from = threadNode(g, lane);

	if (link.object >= 0) {
		const object = addRequest(g, from, REQUEST, link, `waits ${age}`);

		g.objectOf.set(from, object);
		addEnds(g, object, link, link.label);
	} else {
		addEnds(g, from, link, `${link.word} ${age}`);
	}
	for (const one of link.any)
		addEnds(g, addRequest(g, from, ANY, one, `any of ${link.any_of}`), one, one.label);
}

// Who ended such waits before: one is enough, and not one who waits there, too.
function addLearned(g, lane, stay) {
	const link = linkAt(stay, view.now), thread = threadNode(g, lane);
	const from = link.object >= 0 ? `o${link.object}` : thread;

	if (!link.learned || link.object >= 0 && g.told.has(from))
		return;
	const to = endNode(g, link.ends[0]);

	if (link.object >= 0 && g.objectOf.get(to) === from)
		return;
	g.told.add(from);
	addEdge(g, { from, to, dashed: true, kind: LEARNED,
		     label: link.object < 0 ? `${link.word}, ${link.label}` : link.label });
}

// Nodes by id and edges of this moment.
function graphNow() {
	const g = emptyGraph(), waits = [];

	for (let i = 0; i < lanes.length; i++) {
		const stay = stayAt(i, view.now);

		if (stay && linkAt(stay, view.now))
			waits.push([i, stay]);
	}
	for (const [lane, stay] of waits)
		addWait(g, lane, stay);
	for (const [lane, stay] of waits)
		addLearned(g, lane, stay);
	const edges = [...g.edges.values()];

	for (const e of edges)
		e.bad = e.kind !== LEARNED && Boolean(g.nodes.get(e.from).alarm && g.nodes.get(e.to).alarm);
	return { nodes: g.nodes, edges };
}

// Of each node, the edges that begin there, and how many end there.
function edgesOf({ edges }) {
	const out = new Map(), into = new Map();

	for (const e of edges) {
		if (!out.has(e.from))
			out.set(e.from, []);
		out.get(e.from).push(e);
		into.set(e.to, (into.get(e.to) || 0) + 1);
	}
	return { out: (id) => out.get(id) || [], into: (id) => into.get(id) || 0 };
}

const looksOf = (e) => `${e.kind} ${Boolean(e.bad)} ${Boolean(e.dashed)} ${e.to}`;

// What threads that nobody waits for have in common when they wait for the same,
function keyOfSame(id, node, { out, into }) {
	return node.lane !== undefined && node.lane !== view.chosen && !into(id) &&
	       out(id).map(looksOf).join();
}

// and when each waits for one of its own, which nobody else waits for.
function keyOfOwn(id, node, at, nodes) {
	if (!keyOfSame(id, node, at))
		return false;
	const [e] = at.out(id), next = at.out(e.to);

	return e.kind === REQUEST && at.out(id).length === 1 && at.into(e.to) === 1 && next.length < 2 &&
	       [nodes.get(e.to).title.split(/[ :]/)[0], Boolean(e.bad), ...next.map(looksOf)].join(' ');
}

// One node for a crowd, and one for what it waits for if each has its own.
function foldCrowd(g, crowd, { out }, hasOwn) {
	const names = crowd.map((id) => g.nodes.get(id).title), gone = new Set(crowd);
	const id = `f${crowd[0]}`, [{ to: object }] = out(crowd[0]);
	const edges = out(crowd[0]).map((e) => ({ ...e, from: id,
		label: e.kind === REQUEST ? 'wait' : e.kind === ANY ? e.label : e.label.split(' ')[0] }));

	g.nodes.set(id, { title: `${crowd.length} threads`, round: true, all: names.join(', '),
			  alarm: g.nodes.get(crowd[0]).alarm, state: `${names.slice(0, 2)
				.map((n) => n.replace(/ \(\d+\)$/, '')).join(', ')} ...` });
	if (hasOwn) {
		const one = g.nodes.get(object);

		crowd.forEach((member) => gone.add(out(member)[0].to));
		edges[0] = { ...edges[0], to: `f${object}`, label: 'wait, each for its own' };
		g.nodes.set(`f${object}`, { ...one, title: `${crowd.length} of kind ${one.title.split(/[ :]/)[0]}` });
		edges.push(...out(object).map((o) => ({ ...o, from: `f${object}` })));
	}
	gone.forEach((member) => g.nodes.delete(member));
	return edges;
}

// Crowds that wait alike, and that nobody waits for, are one node (export/graph_fold.c).
function foldBy(g, keyOf, hasOwn) {
	const crowds = new Map(), at = edgesOf(g), more = [];

	for (const [id, node] of g.nodes) {
		const key = keyOf(id, node, at, g.nodes);

		if (key)
			crowds.set(key, crowds.get(key) || []).get(key).push(id);
	}
	for (const crowd of crowds.values())
		if (crowd.length >= FOLD_MIN)
			more.push(...foldCrowd(g, crowd, at, hasOwn));
	g.edges = [...g.edges.filter((e) => g.nodes.has(e.from)), ...more];
}

function fold(g) {
	foldBy(g, keyOfSame, false);
	foldBy(g, keyOfOwn, true);
	return g;
}

// What the chosen thread is part of.
function partOf(id, { nodes, edges }) {
	const part = new Set(nodes.has(id) ? [id] : []);

	for (let before = -1; before !== part.size;) {
		before = part.size;
		for (const e of edges)
			if (part.has(e.from) || part.has(e.to))
				part.add(e.from).add(e.to);
	}
	return { nodes: new Map([...nodes].filter(([n]) => part.has(n))),
		 edges: edges.filter((e) => part.has(e.from)) };
}

// --- where the nodes are --------------------------------------------------------------

// The ring at the end of the ways from a node, or the node where they end.
function endOf(id, next) {
	const seen = [];

	for (let at = id; ; at = next.get(at)) {
		if (seen.includes(at))
			return seen.slice(seen.indexOf(at));
		seen.push(at);
		if (!next.has(at))
			return [at];
	}
}

// Whoever waits, waits for one: the graph is rings, and trees on them or on one who does not
// wait. A ring has two rows, read clockwise; trees grow upwards and downwards from them. Of what
// has several at its other end the first counts, and the other lines go across.
function placeNodes({ nodes, edges }) {
	const next = new Map(), places = new Map(), waitersOf = new Map(), inRing = new Set();
	let left = 0, height = 0;

	for (const e of edges)
		if (!next.has(e.from))
			next.set(e.from, e.to);
	const ends = [...nodes.keys()].map((id) => endOf(id, next));

	ends.filter((ring) => next.has(ring[0])).forEach((ring) => ring.forEach((n) => inRing.add(n)));
	for (const [from, to] of next)
		if (!inRing.has(from))
			waitersOf.set(to, [...waitersOf.get(to) || [], from]);
	const waiters = (n) => waitersOf.get(n) || [];
	const width = (n) => Math.max(1, waiters(n).reduce((sum, w) => sum + width(w), 0));
	const depth = (n) => Math.max(0, ...waiters(n).map((w) => 1 + depth(w)));

	function placeTree(n, x, y, cells, direction) {
		places.set(n, { x: (x + cells / 2) * CELL_W, y });
		for (const w of waiters(n)) {
			placeTree(w, x, y + direction * CELL_H, width(w), direction);
			x += width(w);
		}
	}

	for (const members of ends) {
		if (places.has(members[0]))
			continue;
		const cols = Math.ceil(members.length / 2), upper = members.slice(0, cols);
		const y = Math.max(...upper.map(depth)) * CELL_H + 30;
		let down = 0;

		upper.forEach((n, col) => {
			const lower = members.length - 1 - col;
			const below = lower >= cols ? members[lower] : undefined;
			const cells = Math.max(width(n), below === undefined ? 1 : width(below));

			placeTree(n, left, y, cells, -1);
			if (below !== undefined) {
				placeTree(below, left, y + CELL_H, cells, 1);
				down = Math.max(down, 1 + depth(below));
			}
			left += cells;
		});
		height = Math.max(height, y + down * CELL_H + 30);
	}
	return { width: left * CELL_W, height, places };
}

// --- drawing ----------------------------------------------------------------------------

function shorten(text) {
	return text.length > TITLE_MAX ? `${text.slice(0, TITLE_MAX - 1)}\u2026` : text;
}

function widthOf(node) {
	return Math.max(90, shorten(node.title).length * 7 + 16);
}

// Where the line leaves or enters a node, on the side that faces the other one.
function anchor(place, node, other, shift) {
	const half = widthOf(node) / 2;

	if (place.y === other.y)
		return { x: place.x + (other.x > place.x ? half : -half), y: place.y + shift };
	return { x: place.x + shift, y: place.y + (other.y > place.y ? NODE_H : -NODE_H) / 2 };
}

// Two that wait for each other have their lines beside each other, and their words outside.
function drawEdge(svg, g, e, places, isMutual) {
	const from = places.get(e.from), to = places.get(e.to), level = from.y === to.y;
	const back = from.y > to.y || level && from.x > to.x;
	const shift = isMutual ? (back ? -24 : 24) * (level ? 0.4 : 1) : 0;
	const begin = anchor(from, g.nodes.get(e.from), to, shift);
	const end = anchor(to, g.nodes.get(e.to), from, shift);
	const x = (begin.x + end.x) / 2 + (level ? 0 : shift ? Math.sign(shift) * 6 : 8);
	const path = shape(svg, 'path', {
		class: `edge${e.bad ? ' bad' : ''}${e.kind === ANY ? ' dotted' : e.dashed ? ' dashed' : ''}`,
		'data-from': g.nodes.get(e.from).title, 'data-to': g.nodes.get(e.to).title,
		'marker-end': 'url(#arrow)', d: `M${begin.x} ${begin.y}L${end.x} ${end.y}` });

	shape(path, 'title', {}, `${g.nodes.get(e.from).title} ${e.label} ${g.nodes.get(e.to).title}`);
	shape(svg, 'text', { x, y: (begin.y + end.y) / 2 + (level ? (back ? 14 : -6) : 4),
			     class: level ? 'halo' : shift && back ? 'halo end' : 'halo start' }, e.label);
}

function drawNode(svg, node, place) {
	const width = widthOf(node);
	const names = ['node', node.alarm && 'bad', node.lock && 'lock',
		       node.lane !== undefined && node.lane === view.chosen && 'chosen'];
	const group = shape(svg, 'g', { class: node.round ? 'thread' : 'object' });

	shape(group, 'title', {}, node.all || node.title);
	shape(group, 'rect', { class: names.filter(Boolean).join(' '), x: place.x - width / 2,
			       y: place.y - NODE_H / 2, width, height: NODE_H,
			       rx: node.round ? NODE_H / 2 : 0 });
	shape(group, 'text', { x: place.x, y: place.y + (node.state ? -2 : 4) }, shorten(node.title));
	if (node.state)
		shape(group, 'text', { x: place.x, y: place.y + 12, class: 'state' }, node.state);
	if (node.lane !== undefined)
		group.onclick = () => choose(node.lane);
}

function showGraph() {
	const box = $('graph'), whole = graphNow();
	const g = fold(view.focus ? partOf(`t${view.chosen}`, whole) : whole);

	box.replaceChildren();
	if (!g.nodes.size) {
		element(box, 'p', view.focus ? 'It waits for nobody, and nobody waits for it.'
					     : 'Nobody waits for a lock or for another thread.');
		return;
	}
	const { width, height, places } = placeNodes(g);
	const left = Math.min(...[...places].map(([id, at]) => at.x - widthOf(g.nodes.get(id)) / 2));
	const svg = shape(box, 'svg', { width: (width - left) * sizes.unit, height: height * sizes.unit,
					viewBox: `${left - 4} 0 ${width - left} ${height}` });
	const marker = shape(shape(svg, 'defs', {}), 'marker',
			     { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8,
			       markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto' });

	shape(marker, 'path', { d: 'M0 0L8 4L0 8z' });
	for (const e of g.edges)
		drawEdge(svg, g, e, places,
			 g.edges.some((o) => o !== e && o.from === e.to && o.to === e.from));
	for (const [id, place] of places)
		drawNode(svg, g.nodes.get(id), place);
}

function setFocus(on) {
	view.focus = on;
	$('focus').textContent = on ? 'all of it' : 'only the part of the chosen thread';
	showGraph();
}
