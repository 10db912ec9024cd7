// Before anything is painted: that scripts run, so that what they need has its room; and light or dark as the reader chose
// it here, as the system has it where nothing was chosen.
{
  document.documentElement.dataset.scripts = 'yes';
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}
