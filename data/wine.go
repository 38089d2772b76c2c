package data

import _ "embed"

//go:embed embedded/wine_data.csv
var wineCSV string

// Wine returns chemical analyses of 178 Italian wines of three cultivars; the
// cultivar is left out.
func Wine() Set {
	return embedded(Info{
		Name:    "wine",
		Title:   "Wine chemistry",
		Source:  "S. Aeberhard and M. Forina, Wine, UCI Machine Learning Repository, https://doi.org/10.24432/C5PC7J",
		Licence: "CC BY 4.0",
		Columns: []string{
			"alcohol",
			"malic acid",
			"ash",
			"alcalinity of ash",
			"magnesium",
			"total phenols",
			"flavanoids",
			"nonflavanoid phenols",
			"proanthocyanins",
			"color intensity",
			"hue",
			"OD280/OD315 of diluted wines",
			"proline",
		},
	}, wineCSV)
}
