"""What a changing request does to what its address leads to (Protocol 11.4, 11.5.5).

context is what all of them have of the request; entities makes, changes and deletes entities,
properties changes values of one, references what a navigation leads to, content bytes; actions
calls. body is what was sent, ahead reads the parameters of actions before the transaction begins,
later is what is shown when it has ended.
"""
