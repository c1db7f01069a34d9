/* SPDX-License-Identifier: Apache-2.0 */
'use strict';
(() => {
  const content = JSON.parse(document.getElementById('content').textContent);
  const page = document.getElementById('page');
  const NARROW = 560;

  // ---- words and numbers

  const decimals = (value, digits) =>
    value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
  const significant = value =>
    value.toLocaleString('en', {minimumSignificantDigits: 2, maximumSignificantDigits: 3});
  const WRITTEN = {
    COUNT: value => decimals(value, Number.isInteger(value) ? 0 : 1),
    SHARE: value => decimals(100 * value, 1) + '\u00a0%',
    DOLLARS: value => '$' + (value >= 1 ? decimals(value, 2) : significant(value)),
    MILLISECONDS: value => significant(value) + '\u00a0ms',
  };
  const ON_AXIS = {
    COUNT: value => value.toLocaleString('en'),
    SHARE: value => Math.round(100 * value) + '\u00a0%',
    DOLLARS: value => '$' + value.toLocaleString('en', {maximumSignificantDigits: 5}),
    MILLISECONDS: value => value.toLocaleString('en', {maximumSignificantDigits: 2}) + '\u00a0ms',
  };
  const written = (value, unit) => (value === null || value === undefined ? '–' : WRITTEN[unit](value));

  // ---- colours

  const css = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const agents = content.figures.filter(f => f.kind === 'Shares').flatMap(f => f.agents.map(a => a.name));
  const agentColour = name => {
    const place = agents.indexOf(name);
    return place < 0 ? 'var(--others)' : `var(--agent-${place})`;
  };
  const roleColour = role => `var(--${role.toLowerCase()})`;
  const painted = colour => css(colour.slice(6, -1));
  const isLevel = role => role === 'UNIFORM' || role === 'BEST' || role === 'LIMIT';

  // ---- elements; text is always a text node

  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function swatch(colour, shape) {
    const mark = el('span', {class: 'swatch ' + (shape || ''), 'aria-hidden': 'true'});
    mark.style[shape ? 'borderTopColor' : 'background'] = colour;
    return mark;
  }

  function table(head, rows, mark) {
    const body = rows.map(([name, ...cells]) =>
      el('tr', {}, el('th', {scope: 'row'}, ...(mark ? [mark(name)] : []), name),
        ...cells.map(cell => el('td', {}, cell))));
    return el('table', {},
      el('thead', {}, el('tr', {}, ...head.map(name => el('th', {scope: 'col'}, name)))),
      el('tbody', {}, ...body));
  }

  // ---- what the kinds of figures have in common

  const part = (figure, index, parts) => {
    const from = Math.ceil(index * figure.tasks / parts) + 1;
    const to = Math.ceil((index + 1) * figure.tasks / parts);
    return from >= to ? `task ${to}` : `tasks ${from}–${to}`;
  };
  const moment = (figure, index, points) =>
    figure.cumulative ? `after task ${Math.round(index * figure.tasks / (points - 1))}` : part(figure, index, points);

  function base() {
    return {
      animation: false,
      textStyle: {fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12},
      grid: {left: 2, right: 14, top: 12, bottom: 22, containLabel: true},
      tooltip: {
        confine: true,
        backgroundColor: css('ground'),
        borderColor: css('rule'),
        textStyle: {color: css('ink'), fontSize: 13},
        extraCssText: 'box-shadow: 0 2px 10px rgba(0, 0, 0, .16)',
        axisPointer: {lineStyle: {color: css('quiet'), type: 'solid', width: 1}},
      },
    };
  }

  function tip(title, rows) {
    return el('div', {class: 'tip'}, el('strong', {}, title),
      ...rows.map(([name, value, colour]) =>
        el('div', {}, ...(colour ? [swatch(colour)] : []), name, el('b', {}, value))));
  }

  const label = () => ({color: css('quiet'), fontSize: 12, hideOverlap: true});
  const named = name => ({
    name, nameLocation: 'middle', nameGap: 26, nameTextStyle: {color: css('quiet'), fontSize: 12},
  });

  function valueAxis(unit, more) {
    return {
      type: 'value',
      axisLabel: {...label(), formatter: ON_AXIS[unit]},
      axisLine: {show: false},
      axisTick: {show: false},
      splitLine: {lineStyle: {color: css('grid')}},
      ...more,
    };
  }

  // Stacking needs categories, people need round numbers: one hidden axis and one to read.
  function runAxes(figure, points) {
    return [
      {
        type: 'category', show: false, axisLabel: {show: false}, boundaryGap: !figure.cumulative,
        data: [...Array(points).keys()],
      },
      {
        type: 'value', min: 0, max: figure.tasks, minInterval: 1, position: 'bottom', ...named('tasks so far'),
        axisLabel: {...label(), showMaxLabel: false},
        axisLine: {show: true, lineStyle: {color: css('rule')}},
        axisTick: {show: true, lineStyle: {color: css('rule')}},
        splitLine: {show: false},
        axisPointer: {show: false},
      },
    ];
  }

  // At the end of the plot where values keep away from the level, and on the side where they are not.
  function labelPlace(values, level, levels) {
    const end = Math.ceil(values.length / 5);
    const clear = some => Math.min(...some.map(value => Math.abs(value - level)));
    const [left, right] = [values.slice(0, end), values.slice(-end)];
    const [side, near] = clear(left) > clear(right) ? ['insideStart', left] : ['insideEnd', right];
    const others = levels.map(one => one.value).filter(value => value !== level);
    const crowded = others.some(other => Math.abs(other - level) < .1 * Math.max(level, other, ...values));
    const above = crowded ? others.every(other => level > other) : near.filter(value => value < level).length > end / 2;
    return side + (above ? 'Top' : 'Bottom');
  }

  function levelLines(figure, values) {
    return {
      silent: true,
      symbol: 'none',
      data: figure.levels.map(level => ({
        yAxis: level.value,
        lineStyle: {color: painted(roleColour(level.role)), type: [5, 4], width: 1.5},
        label: {
          formatter: () => `${level.name} ${written(level.value, figure.unit)}`,
          position: labelPlace(values, level.value, figure.levels),
          color: css('ink'),
          textBorderColor: css('ground'),
          textBorderWidth: 3,
          fontSize: 12,
        },
      })),
    };
  }

  const lineShape = role => (isLevel(role) ? 'line dashed' : 'line');
  const keyOf = series => series.map(one => [one.name, roleColour(one.role), lineShape(one.role)]);

  // ---- the kinds: key, options for the chart, and the same as rows

  const KINDS = {
    Curve: {
      key: figure => keyOf([...figure.lines, ...figure.levels]),
      height: () => 300,
      options(figure) {
        const points = figure.lines[0].values.length;
        const series = figure.lines.flatMap((line, index) => [
          ...band(line, index),
          {
            type: 'line', data: line.values, symbol: points > 1 ? 'none' : 'circle', z: 3, emphasis: {disabled: true},
            lineStyle: {color: painted(roleColour(line.role)), width: line.role === 'LEARNED' ? 2.5 : 2},
            markLine: index === 0 ? levelLines(figure, line.values) : undefined,
          },
        ]);
        const all = figure.lines.flatMap(line => line.values.map((v, i) => v + (line.deviations[i] || 0)));
        const top = Math.max(...all, ...figure.levels.map(level => level.value));
        return {
          ...base(),
          tooltip: {
            ...base().tooltip,
            trigger: 'axis',
            formatter: hits => tip(moment(figure, hits[0].dataIndex, points), figure.lines.map(line =>
              [line.name, withDeviation(line, hits[0].dataIndex, figure.unit), roleColour(line.role)])),
          },
          xAxis: runAxes(figure, points),
          yAxis: valueAxis(figure.unit, figure.unit === 'SHARE' ? {min: 0, max: Math.min(1, Math.ceil(top * 5.25) / 5)} : {}),
          series,
        };
      },
      head: figure => ['tasks', ...figure.lines.map(line => line.name)],
      rows: figure => figure.lines[0].values.map((_, i) =>
        [moment(figure, i, figure.lines[0].values.length), ...figure.lines.map(line => withDeviation(line, i, figure.unit))]),
    },

    Shares: {
      key: figure => figure.agents.map(agent => [agent.name, agentColour(agent.name)]),
      height: () => 300,
      options(figure) {
        const points = figure.agents[0].values.length;
        return {
          ...base(),
          tooltip: {
            ...base().tooltip,
            trigger: 'axis',
            formatter: hits => {
              const index = Math.min(hits[0].dataIndex >> 1, points - 1);
              return tip(part(figure, index, points), figure.agents.map(agent =>
                [agent.name, written(agent.values[index], 'SHARE'), agentColour(agent.name)]));
            },
          },
          xAxis: runAxes({...figure, cumulative: true}, 2 * points + 1),
          yAxis: valueAxis('SHARE', {min: 0, max: 1, interval: .25}),
          series: figure.agents.map(agent => ({
            type: 'line', stack: 'all', data: fromEdgeToEdge(agent.values), symbol: 'none', emphasis: {disabled: true},
            lineStyle: {width: 1, color: css('ground')},
            areaStyle: {color: painted(agentColour(agent.name)), opacity: 1},
          })).reverse(),
        };
      },
      head: figure => ['tasks', ...figure.agents.map(agent => agent.name)],
      rows: figure => figure.agents[0].values.map((_, i) =>
        [part(figure, i, figure.agents[0].values.length), ...figure.agents.map(agent => written(agent.values[i], 'SHARE'))]),
    },

    Bars: {
      key: figure => figure.bars.map(bar => [bar.name, roleColour(bar.role)]),
      height: (figure, width) => (isFlat(figure, width) ? 32 + figure.groups.length * Math.max(36, 18 + 12 * figure.bars.length) : 340),
      options(figure, width) {
        const flat = isFlat(figure, width);
        const most = figure.unit === 'SHARE' ? {min: 0, max: 1} : {minInterval: 1};
        const values = valueAxis(figure.unit, most);
        const groups = {
          type: 'category', data: figure.groups, inverse: flat,
          axisLabel: {...label(), color: css('ink'), hideOverlap: false, interval: 0, lineHeight: 14,
            width: flat ? Math.min(280, width * .42) : width / figure.groups.length - 8, overflow: 'break'},
          axisLine: {show: !flat, lineStyle: {color: css('rule')}},
          axisTick: {show: false},
        };
        return {
          ...base(),
          grid: {...base().grid, bottom: 4, right: flat ? 44 : 8},
          tooltip: {
            ...base().tooltip,
            trigger: 'axis',
            axisPointer: {type: 'shadow', shadowStyle: {color: css('grid'), opacity: .6}},
            formatter: hits => tip(figure.groups[hits[0].dataIndex], figure.bars.map(bar =>
              [bar.name, written(bar.values[hits[0].dataIndex], figure.unit), roleColour(bar.role)])),
          },
          xAxis: flat ? values : groups,
          yAxis: flat ? groups : values,
          series: figure.bars.map(bar => ({
            type: 'bar', data: bar.values, barMaxWidth: 22, barGap: '12%', barCategoryGap: '28%',
            itemStyle: {color: painted(roleColour(bar.role)), borderRadius: flat ? [0, 2, 2, 0] : [2, 2, 0, 0]},
            label: {
              show: figure.bars.length === 1, position: flat ? 'right' : 'top', color: css('ink'), fontSize: 12,
              formatter: hit => written(hit.value, figure.unit),
            },
          })),
        };
      },
      head: figure => ['', ...figure.bars.map(bar => bar.name)],
      rows: figure => figure.groups.map((group, i) => [group, ...figure.bars.map(bar => written(bar.values[i], figure.unit))]),
    },

    Dots: {
      key: figure => keyOf(figure.levels),
      height: () => 300,
      options(figure) {
        const [least, most] = [figure.values[0], figure.values[figure.values.length - 1]];
        const log = least > 0 && most / least > 30;
        return {
          ...base(),
          tooltip: {
            ...base().tooltip,
            formatter: hit => tip(`${figure.each} ${hit.dataIndex + 1} of ${figure.values.length}`,
              [['', written(figure.values[hit.dataIndex], figure.unit)]]),
          },
          xAxis: {
            ...valueAxis('COUNT', {min: 0, max: figure.values.length + 1, minInterval: 1, splitLine: {show: false}}),
            ...named(`${figure.each}s, least first`),
            axisLabel: {...label(), showMaxLabel: false},
            axisLine: {show: true, lineStyle: {color: css('rule')}},
          },
          yAxis: valueAxis(figure.unit, log ? {type: 'log'} : closeAround([...figure.values, ...figure.levels.map(level => level.value)], figure.unit)),
          series: [{
            type: 'scatter', symbolSize: figure.values.length > 120 ? 4 : 7,
            itemStyle: {color: css('learned'), opacity: .75},
            data: figure.values.map((value, index) => [index + 1, value]),
            markLine: levelLines(figure, figure.values),
          }],
        };
      },
      head: figure => [figure.each, ''],
      rows: figure => figure.values.map((value, i) => [String(i + 1), written(value, figure.unit)]),
    },
  };

  // A value stands in the middle of its part; the area begins and ends where the run does.
  function fromEdgeToEdge(values) {
    const between = values.flatMap((value, i) => (i ? [(values[i - 1] + value) / 2, value] : [value]));
    return [values[0], ...between, values[values.length - 1]];
  }

  function closeAround(values, unit) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = .2 * (most - least) || .1 * most || 1;
    const ends = {showMinLabel: false, showMaxLabel: false};
    return {min: Math.max(0, least - room), max: most + room, axisLabel: {...label(), ...ends, formatter: ON_AXIS[unit]}};
  }

  const isFlat = (figure, width) => figure.flat || width < NARROW;

  function withDeviation(line, index, unit) {
    const deviation = line.deviations[index];
    const value = written(line.values[index], unit);
    return deviation === undefined || deviation === null ? value : `${value} ± ${written(deviation, unit).replace('\u00a0%', '')}`;
  }

  function band(line, index) {
    if (!line.deviations.some(deviation => deviation > 0)) return [];
    const half = {
      type: 'line', stack: 'band' + index, stackStrategy: 'all', symbol: 'none', silent: true, emphasis: {disabled: true},
      lineStyle: {width: 0}, tooltip: {show: false},
    };
    return [
      {...half, data: line.values.map((value, i) => value - line.deviations[i])},
      {
        ...half,
        data: line.deviations.map(deviation => 2 * deviation),
        areaStyle: {color: painted(roleColour(line.role)), opacity: .16},
      },
    ];
  }

  // ---- the page

  const plots = [];

  function figureOf(figure, index) {
    const kind = KINDS[figure.kind];
    const {finding, about, axis} = figure.caption;
    const plot = el('div', {class: 'plot', role: 'img', 'aria-label': `${finding}. ${about}`});
    plots.push({figure, kind, plot, chart: null, width: 0});
    const keys = kind.key(figure);
    const key = (keys.length > 1 ? keys : []).map(([name, colour, shape]) => el('li', {}, swatch(colour, shape), name));
    return el('figure', {class: index === 0 ? 'first' : figure.flat ? 'flat' : ''},
      el('figcaption', {}, el('h2', {}, finding), el('p', {class: 'about'}, about)),
      ...(key.length ? [el('ul', {class: 'key'}, ...key)] : []),
      el('p', {class: 'axis'}, axis),
      plot,
      el('details', {}, el('summary', {}, 'The same as a table'),
        el('div', {class: 'scroll', tabindex: '0'}, table(kind.head(figure), kind.rows(figure)))));
  }

  function tableOf({caption, first, columns, rows}) {
    const heads = [first, ...columns.map(column => column.name)];
    const cells = rows.map(row => [row.name, ...row.values.map((value, i) => written(value, columns[i].unit))]);
    return el('section', {}, el('h2', {}, caption),
      el('div', {class: 'scroll', tabindex: '0'}, table(heads, cells, name => swatch(agentColour(name)))));
  }

  function placesOf(places) {
    return el('section', {}, el('h2', {}, 'Where everything is'),
      el('dl', {class: 'places'}, ...places.flatMap(({path, what}) =>
        [el('dt', {}, el('a', {href: './' + encodeURI(path)}, path)), el('dd', {}, what)])));
  }

  function fill() {
    document.title = `${content.headline} – Arbiter, ${content.program}`;
    const figures = content.figures.map(figureOf);
    if (figures.length > 1 && figures.length % 2 === 0) figures[figures.length - 1].classList.add('last-alone');
    page.replaceChildren(
      el('header', {}, el('p', {class: 'program'}, `Arbiter · ${content.program}`),
        el('h1', {}, content.headline), el('p', {class: 'lead'}, content.lead)),
      el('dl', {class: 'facts'}, ...content.facts.map(fact =>
        el('div', {}, el('dt', {}, fact.name), el('dd', {class: 'value'}, written(fact.value, fact.unit)),
          el('dd', {class: 'note'}, fact.note)))),
      el('div', {class: 'figures'}, ...figures),
      ...content.tables.map(tableOf),
      ...(content.places.length ? [placesOf(content.places)] : []));
  }

  function draw(one) {
    one.width = one.plot.clientWidth;
    one.plot.style.height = one.kind.height(one.figure, one.width) + 'px';
    one.chart?.dispose();
    one.chart = echarts.init(one.plot, null, {renderer: 'svg'});
    one.chart.setOption(one.kind.options(one.figure, one.width));
  }

  fill();
  plots.forEach(draw);
  const redraw = () => plots.forEach(draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('resize', () => plots.filter(one => one.width !== one.plot.clientWidth).forEach(draw));
})();
