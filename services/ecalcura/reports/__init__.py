"""The reports of eCalcura (E-145, part 10.2): what each one is, what it reads, and how it leaves as a file.

``catalogue`` lists them; ``table`` says what a report is made of; ``contents`` reads what counts in a quarter;
``reading`` gives one to somebody who may see it; ``files`` writes it; ``orders`` is asking for the file.
"""
