"""Other programs ask here: agents through the Model Context Protocol, everything else through HTTP.

Both speak for one ``Desk``, which shares the models, lets one question at a time look at a video and stops what nobody
waits for any more; both name videos through one ``Library``, which gives nothing outside its directories.
"""
