;;; test.el --- what editors/test-emacs.sh runs inside Emacs  -*- lexical-binding: t; -*-

(require 'cl-lib)
(require 'flymake)

(defconst before "FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n")
(defconst after "FROM debian:12-slim\nRUN echo one \\\n    && echo two\nUSER 1000\n")

(defun expect (what got wanted)
  (unless (equal got wanted)
    (message "%s: %S, not %S" what got wanted)
    (kill-emacs 1)))

(defun wait-for (what test)
  (let ((end (+ (float-time) 60)))
    (while (not (funcall test))
      (when (> (float-time) end)
        (message "waited in vain: %s" what)
        (kill-emacs 1))
      (accept-process-output nil 0.05))))

(defun on-disk ()
  (with-temp-buffer
    (insert-file-contents "Dockerfile")
    (buffer-string)))

(setq make-backup-files nil
      create-lockfiles nil
      eglot-sync-connect 60
      eglot-connect-timeout 60)
(find-file "Dockerfile")
;; without a screen there is no command loop, and what is put off until then has to be run
(run-hooks 'post-command-hook)
(unless (eglot-current-server)
  (call-interactively #'eglot))
(wait-for "the server" #'eglot-current-server)
(expect "what is open" (buffer-string) before)

(goto-char (point-min))
(search-forward "two")
(backward-char 1)
(buffer-enable-undo)
(undo-boundary)
(set-buffer-modified-p t)
(save-buffer)
(expect "what is in the buffer" (buffer-string) after)
(expect "what is on the disk" (on-disk) after)
(expect "the word at point" (thing-at-point 'word t) "two")

(undo-boundary)
(setq last-command nil)
(undo)
(expect "what is left after undo" (buffer-string) before)

(set-buffer-modified-p t)
(save-buffer)
(expect "what is on the disk after a second save" (on-disk) after)
(eglot-shutdown (eglot-current-server))
(kill-emacs 0)
;;; test.el ends here
