{{/* What is let out of a pod: rules of a NetworkPolicy. */}}

{{- define "symbiont.identity" -}}
{{- if not .Values.store.secret }}
- to: # EKS' agent, which gives a pod identity its keys, at the node; Cilium wants a policy of its own for that
    - ipBlock: {cidr: 169.254.170.23/32}
    - ipBlock: {cidr: "fd00:ec2::23/128"}
  ports:
    - {protocol: TCP, port: 80}
{{- end }}
{{- end }}

{{/* Values that are destinations: (list .Values.network.outside "TCP"), with each protocol. */}}
{{- define "symbiont.destinations" -}}
{{- $protocols := rest . -}}
{{- range first . }}
- to:
    {{- if .cidr }}
    - ipBlock: {cidr: {{ .cidr | quote }}}
    {{- else }}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ .namespace }}}}
    {{- end }}
  ports:
    {{- range $port := .ports }}
    {{- range $protocols }}
    - {protocol: {{ . }}, port: {{ $port }}}
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
