package report

import "maps"

// german returns the German of every text that certificates and this package fix.
func german() map[string]string {
	all := map[string]string{}
	for _, part := range []map[string]string{germanWords(), germanLabel(), germanLines(), germanMethods(), germanTheory(), germanSubjects(), germanEvidence(), germanPage()} {
		maps.Copy(all, part)
	}
	return all
}
