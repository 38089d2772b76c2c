package report

// germanEvidence says what arrays of the evidence are.
func germanEvidence() map[string]string {
	return map[string]string{}
}
