"""The self-check: somebody who needs help, or stands close to who does, finds the right door alone and without an account.

`check` is what has been said so far, `carried` the cookie it travels in (the server keeps nothing), `words` what is
asked and how, `course` which question comes next, `doors` what is told of a door, `result` the door that fits and why.
"""
