"""What a mapping covers: of a message that ran (loss), of both sides' schemas (static), and of the guide's tables.

Nothing is imported here: `mapper run` needs `mapper.coverage.accounting` alone, and must not load the compiler for it.
"""
