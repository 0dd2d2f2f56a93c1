"""From the text of system query options to the typed nodes of ast.py (URL Conventions 4.01, 5.1).

lexer cuts text into tokens; budget bounds what a request may cost; scope says what names mean;
expressions reads expressions with paths, functions, literals and operators; search, select, expand,
apply and clauses read one option each; options reads them all.
"""
