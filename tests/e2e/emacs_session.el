;;; emacs_session.el --- Edits an agent with eglot  -*- lexical-binding: t -*-

;;; Commentary:
;; Environment: SERVER (JSON list: the server's command), CONFIG (file to open), REPORT (file to
;; write).  Everything goes through what eglot gives its users: flymake, capf, eldoc, xref, imenu,
;; `eglot-rename' and `eglot-code-actions'.

;;; Code:
(package-initialize)
(require 'eglot)
(require 'flymake)
(require 'json)
(require 'imenu)
(require 'js)
(require 'xref)

(defvar session-limit-s 120)
(defvar session-config (getenv "CONFIG"))
(defvar session-report nil)

(defun session-write ()
  "Write the report as JSON."
  (with-temp-file (getenv "REPORT")
    (insert (json-encode session-report))))

(defun session-note (key value)
  "Put VALUE under KEY into the report."
  (push (cons key value) session-report))

(defun session-wait (what condition)
  "Wait until CONDITION gives something, which is returned; fail, naming WHAT."
  (let ((end (+ (float-time) session-limit-s)) found)
    (while (not (setq found (funcall condition)))
      (when (> (float-time) end) (error "Not in time: %s" what))
      (accept-process-output nil 0.05)
      (timer-event-handler (timer-create))
      (sit-for 0.02))
    found))

(defun session-go (text &optional offset)
  "Put point OFFSET characters into the first TEXT of the buffer."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (+ (match-beginning 0) (or offset 0))))

(defun session-diagnostics ()
  "Messages of what is underlined."
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun session-replace (old new)
  "Replace OLD by NEW once, and let eglot tell the server."
  (session-go old)
  (delete-char (length old))
  (insert new)
  (eglot--signal-textDocument/didChange))

(defun session-place (item)
  "File and line of the xref ITEM."
  (let ((location (xref-item-location item)))
    (vector (file-name-nondirectory (xref-location-group location)) (xref-location-line location))))

(defun session-completions ()
  "What is offered at point."
  (let* ((found (eglot-completion-at-point)) (collection (nth 2 found)))
    (mapcar #'substring-no-properties (all-completions "" collection nil))))

(defun session-hover ()
  "What eldoc shows at point."
  (let (shown)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq shown text)))
    (substring-no-properties (session-wait "hover" (lambda () shown)))))

(defun session-names (index)
  "All names of an imenu INDEX, whatever group they are in."
  (mapcan (lambda (item)
            (cons (substring-no-properties (car item))
                  (and (listp (cdr item)) (imenu--subalist-p item) (session-names (cdr item)))))
          index))

(defun session-run ()
  "Use every feature once."
  (add-to-list 'eglot-server-programs
               (cons '(js-mode :language-id "json") (append (json-parse-string (getenv "SERVER") :array-type 'list) nil)))
  (setq eglot-sync-connect t eglot-connect-timeout session-limit-s eglot-autoshutdown t
        jsonrpc-default-request-timeout session-limit-s
        eglot-send-changes-idle-time 0 eglot-confirm-server-initiated-edits nil
        xref-prompt-for-identifier nil)
  (find-file session-config)
  (js-mode)
  (apply #'eglot (eglot--guess-contact))
  (session-note 'completion (progn (session-go "\"default\"" 1) (session-completions)))
  (session-note 'hover (progn (session-go "\"framework\"" 2) (session-hover)))
  (session-note 'definition
                (progn (session-go "\"module\": \"greet\"" 12)
                       (mapcar #'session-place (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))))
  (session-note 'references
                (progn (session-go "\"tag\": \"greet\"" 9)
                       (mapcar #'session-place (xref-backend-references 'eglot (xref-backend-identifier-at-point 'eglot)))))
  (session-note 'symbols (session-names (eglot-imenu)))
  (session-go "\"tag\": \"greet\"" 9)
  (eglot-rename "welcome")
  (session-note 'renamed (buffer-substring-no-properties (point-min) (point-max)))
  (session-replace "\"default\"" "\"langchian\"")
  (session-wait "a diagnostic" #'session-diagnostics)
  (session-note 'diagnostics (session-diagnostics))
  (session-go "\"langchian\"" 3)
  (session-note 'actions
                (mapcar (lambda (action) (plist-get action :title))
                        (eglot-code-actions (point) (point))))
  (session-note 'failure nil)
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server)))

(condition-case problem
    (session-run)
  (error (session-note 'failure (error-message-string problem))))
(session-write)
(kill-emacs 0)
;;; emacs_session.el ends here
