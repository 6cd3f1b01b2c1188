app.listen(process.env.PORT || 80);
