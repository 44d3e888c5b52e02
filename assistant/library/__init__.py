"""Sources that are added here: a local policy, a paper. They are found and shown beside an answer, each with its own marker.

They inform and never decide: no word of them enters the text of an answer, and no model is given them.
"""
