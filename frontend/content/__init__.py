"""What people write and upload: kept by the hash of its bytes, checked against that hash whenever it is read.

store     the interface of a place that keeps bytes; folder and s3 are the two there are
documents the schema of descriptions, and the one spelling that is hashed
pictures  uploads made anew from their pixels, and thumbnails of them
markdown  texts as safe HTML
findings  whether what is kept matches its hash, remembered as long as nothing changed
wanted    which hashes the chain, descriptions and drafts refer to
pieces    how sealed files are cut and named
gateway   an IPFS gateway that may have a piece which is missing here
upkeep    taking out what nobody refers to, and looking through what is kept; file_upkeep does it for sealed files
"""
