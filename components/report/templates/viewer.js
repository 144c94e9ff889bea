// Adds to a page that works without it: a text search over the shown episodes, and how many are shown.
(() => {
  document.documentElement.classList.add('js');
  const episodes = [...document.querySelectorAll('.episode')];
  const search = document.getElementById('search');
  const count = document.getElementById('count');
  if (!search) return;
  const texts = new Map(episodes.map(each => [each, each.textContent.toLowerCase()]));
  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const each of episodes) each.hidden = wanted !== '' && !texts.get(each).includes(wanted);
    const shown = episodes.filter(each => getComputedStyle(each).display !== 'none').length;
    count.textContent = `${shown} of ${episodes.length} episodes shown`;
  };
  document.querySelector('.filters').addEventListener('input', () => requestAnimationFrame(apply));
  apply();
})();
