package report

import "maps"

// german returns the German of the texts that certificates and this package fix, but for
// what arrays of the evidence are: that stays English on pages, and is marked so.
func german() map[string]string {
	all := map[string]string{}
	for _, part := range []map[string]string{germanWords(), germanLabel(), germanLines(), germanBriefly(), germanMethods(), germanReasons(), germanTheory(), germanGuarantees(), germanSubjects(), germanPage()} {
		maps.Copy(all, part)
	}
	return all
}
