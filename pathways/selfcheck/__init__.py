"""The self-check: somebody who needs help, or stands close to who does, finds the right door alone and without an account.

`check` is what has been said so far, `carried` the cookie it travels in (the server keeps nothing), `words` what is
asked and how, `course` which question comes next, `answers` what was pressed and `showing` what a page shows, `result`
the door that fits and why, `doors` what is told of a door, `paper` its sheet.
"""
