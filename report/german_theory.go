package report

// germanTheory are the statements of theorems.
func germanTheory() map[string]string {
	return map[string]string{
		"by construction": "nach Bauart",
		"a bijection onto the base's support carries its density over by the change of variables":         "eine Bijektion auf den Träger der Basis überträgt deren Dichte nach dem Transformationssatz",
		"layers that scale by positive numbers and shift, steered by the other coordinates":               "Schichten, die positiv skalieren und verschieben, gesteuert von den anderen Koordinaten",
		"layers of splines that rise strictly and onto: positive bin widths, heights and slopes":          "Schichten aus Splines, die streng und surjektiv steigen: positive Breiten, Höhen und Steigungen",
		"the Jacobian of a layer is triangular: the sum of the log-scales":                                "die Jacobi-Matrix einer Schicht ist dreieckig: Summe der Log-Skalen",
		"the Jacobian of a layer is triangular: the sum of the splines' log-slopes":                       "die Jacobi-Matrix einer Schicht ist dreieckig: Summe der Log-Steigungen der Splines",
		"a chain of layers, each a bijection for all values of its weights":                               "eine Kette von Schichten, jede für alle Gewichte bijektiv",
		"outside their box splines are the identity: whitened data and code differ by a bounded amount":   "außerhalb ihres Kastens sind Splines die Identität: dekorrelierte Daten und Code unterscheiden sich beschränkt",
		"whitening by a triangular matrix with a positive diagonal":                                       "Dekorrelation durch eine Dreiecksmatrix mit positiver Diagonale",
		"the normal density with its closed-form constant":                                                "die Normaldichte mit ihrer geschlossenen Konstante",
		"densities of flows with weights that sum to 1":                                                   "Dichten von Flows mit Gewichten der Summe 1",
		"normal densities with weights that sum to 1":                                                     "Normaldichten mit Gewichten der Summe 1",
		"the sum of the logarithms of a triangular matrix's diagonal":                                     "Summe der Logarithmen der Diagonale einer Dreiecksmatrix",
		"weakly, as depth and width grow without end, perhaps ill-conditioned; says nothing of this size": "schwach, wenn Tiefe und Breite endlos wachsen, vielleicht schlecht konditioniert; sagt nichts über diese Größe",
		"the density is its own base":                                                                     "die Dichte ist ihre eigene Basis",
	}
}
