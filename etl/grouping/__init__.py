"""Which tickets are about the same issue, as far as their words tell, where no record or error code says it.

Pure functions over arrays: ``text`` cleans subjects, ``vectors`` weighs their words, ``bursts`` finds what came in a
rush, ``links`` what came back, ``group`` puts both together for the tickets of one product. What is grouped are
distinct texts (signatures), never single tickets. The derivation (``etl.derive.issues``) feeds them and applies the
stronger evidence. Precision comes before recall: a group that is not one
misleads a meeting, one that is missed is found later.
"""
