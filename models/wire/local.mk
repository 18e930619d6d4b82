## models/wire: codecs.
