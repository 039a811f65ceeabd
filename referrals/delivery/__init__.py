"""How a notice leaves the house: when, to which address, in which words and over which channel.

Nothing here decides that somebody is told (sweeps.py, actions/notices.py do), and nothing here keeps a queue (outbox.py
does). What is sent says nothing about anybody: a neutral sentence and a link.
"""
