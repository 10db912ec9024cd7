// Light or dark as the reader chose it here, before anything is painted; as the system has it where nothing was chosen.
{
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}
