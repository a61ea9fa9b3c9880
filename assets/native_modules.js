// Panel's components give es-module-shims an import map, which it only takes in the mode that `pages.py` takes out. Nothing on the page needs
// one: its modules are whole, and what such a map names lies on public servers, where the page's policy lets it fetch nothing.
importShim.addImportMap = () => {}
