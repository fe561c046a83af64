"""What people write and upload: kept by the hash of its bytes, checked against that hash whenever it is read.

store     the interface of a place that keeps bytes; folder and s3 are the two there are
documents the schema of descriptions, and the one spelling that is hashed
pictures  uploads made anew from their pixels, and thumbnails of them
markdown  texts as safe HTML
findings  whether what is kept matches its hash, remembered as long as nothing changed
wanted    which hashes the chain, descriptions and drafts refer to
upkeep    taking out what nobody refers to, and looking through what is kept
"""
