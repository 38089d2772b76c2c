package data

import _ "embed"

//go:embed embedded/iris.csv
var irisCSV string

// Iris returns Fisher's measurements of 150 flowers of three species; the
// species is left out.
func Iris() Set {
	return embedded(Info{
		Name:    "iris",
		Title:   "Iris flowers",
		Source:  "R. A. Fisher, Iris, UCI Machine Learning Repository, https://doi.org/10.24432/C56C76",
		Licence: "CC BY 4.0",
		Columns: []string{
			"sepal length in cm",
			"sepal width in cm",
			"petal length in cm",
			"petal width in cm",
		},
	}, irisCSV)
}
