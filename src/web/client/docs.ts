// Swagger UI in the frame of the site: header and footer are those of any page, light and dark as they were chosen there.
// It is loaded as a script that is no module.

{
  const chosen = localStorage.getItem('theme');
  const isDark = chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  document.documentElement.classList.toggle('dark-mode', isDark);
  document.documentElement.lang = 'en';
  void frame();
}

async function frame(): Promise<void> {
  const response = await fetch('/problems/not-found', { headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const [header, footer] = ['header.site', 'footer.site'].map((name) => page.querySelector(name));
  // Nothing here is as of a day.
  header?.querySelector('form')?.remove();
  footer?.querySelector('[data-theme-switch]')?.closest('li')?.remove();
  if (header) document.body.prepend(document.adoptNode(header));
  if (footer) document.body.append(document.adoptNode(footer));
}
