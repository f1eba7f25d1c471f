/* Before anything is painted: the theme that was chosen, if one was. */
{
  const theme = localStorage.getItem("stylegraph-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
