// The threshold chooser: the slider goes over the points of the curve and moves the upright line of the plot.
document.querySelectorAll('.chooser').forEach(chooser => {
  const points = JSON.parse(chooser.dataset.points), start = Number(chooser.dataset.start);
  const [[left, right], [low, high]] = JSON.parse(chooser.dataset.axis);
  const place = logit => left + (Math.min(Math.max(logit, low), high) - low) / (high - low) * (right - left);
  const told = (what, share) => share === null ? [] : [`${what} ${(100 * share).toFixed(2)} %`];
  const slide = chooser.querySelector('.slide'), input = slide.querySelector('input');
  const cursor = chooser.querySelector('[stroke="#040404"]');
  const show = () => {
    const [logit, caught, blocked] = points[input.value];
    const probability = (100 / (1 + Math.exp(-logit))).toPrecision(4);
    cursor.setAttribute('transform', `translate(${place(logit) - place(start)})`);
    slide.querySelector('output').textContent =
      `From log-odds ${logit.toFixed(2)} on (probability ${probability} %): ` +
      [...told('bad messages caught', caught), ...told('genuine messages flagged', blocked)].join(', ') + '.';
  };
  input.max = points.length - 1;
  const at = points.findIndex(([logit]) => logit < start);
  input.value = Math.max((at < 0 ? points.length : at) - 1, 0);
  input.addEventListener('input', show);
  slide.hidden = false;
  show();
});
