echo idna >> requirements.txt
