package data

import _ "embed"

//go:embed embedded/breast_cancer.csv
var breastCancerCSV string

// BreastCancer returns 30 measurements of the cell nuclei in each of 569
// images of breast masses; the diagnosis is left out.
func BreastCancer() Set {
	var columns []string
	for _, statistic := range []string{"mean", "standard error of", "worst"} {
		for _, feature := range []string{
			"radius",
			"texture",
			"perimeter",
			"area",
			"smoothness",
			"compactness",
			"concavity",
			"concave points",
			"symmetry",
			"fractal dimension",
		} {
			columns = append(columns, statistic+" "+feature)
		}
	}
	return embedded(Info{
		Name:  "breast_cancer",
		Title: "Breast cancer cell nuclei",
		Source: "W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic), " +
			"UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B",
		Licence: "CC BY 4.0",
		Columns: columns,
	}, breastCancerCSV)
}
