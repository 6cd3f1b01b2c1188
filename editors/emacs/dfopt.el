;;; dfopt.el --- dfopt in Emacs by eglot  -*- lexical-binding: t; -*-

;; For Emacs 29 and later, where eglot is a part of Emacs, and for 28 with eglot from ELPA. Load it from your init file.

(require 'eglot)

;; any mode for Dockerfiles does; this one is for those who have none
(unless (or (fboundp 'dockerfile-mode) (fboundp 'dockerfile-ts-mode))
  (define-derived-mode dockerfile-mode prog-mode "Dockerfile"
    (setq-local comment-start "# ")))
(add-to-list 'auto-mode-alist
             (cons "\\(?:Dockerfile\\|Containerfile\\)\\(?:\\..*\\)?\\'\\|\\.[Dd]ockerfile\\'"
                   (if (fboundp 'dockerfile-mode) 'dockerfile-mode 'dockerfile-ts-mode)))

(add-to-list 'eglot-server-programs '((dockerfile-mode dockerfile-ts-mode) . ("dfopt" "lsp")))
;; docs/editors.md has all settings
(setq-default eglot-workspace-configuration '((:dfopt . (:enable t))))

(defun dfopt-format-on-save ()
  "Start the language server, and format before each save."
  (eglot-ensure)
  (add-hook 'before-save-hook #'dfopt-format -10 t))

(defun dfopt-format ()
  "Format this buffer where the language server runs."
  (when (eglot-current-server)
    (eglot-format-buffer)))

(add-hook 'dockerfile-mode-hook #'dfopt-format-on-save)
(add-hook 'dockerfile-ts-mode-hook #'dfopt-format-on-save)

(provide 'dfopt)
;;; dfopt.el ends here
