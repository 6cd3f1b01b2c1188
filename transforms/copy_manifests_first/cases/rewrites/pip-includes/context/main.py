import six, idna
