"""The page for asking, as tests start it."""

PROFILES = ("embedded", "api")


def page_app(models, store, roots=(), token=None, **limits):
    """The application of the page with the embedded models."""
    from vidprog.apps.servers.library import Library
    from vidprog.apps.servers.limits import Limits
    from vidprog.apps.servers.sources import Sources
    from vidprog.apps.servers.uploads import Uploads
    from vidprog.apps.web.app import web_app
    from vidprog.apps.web.desks import Desks

    bounds, library = Limits(**{"parallel": 2, **limits}), Library.of(roots)
    sources = Sources(library, Uploads(bounds), bounds)
    return web_app(Desks(PROFILES, models, library, bounds, store), sources, token)
