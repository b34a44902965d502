namespace FastRbm.Serialization;

/// <summary>The kinds of models, as a file's metadata <c>model</c> names them.</summary>
public static class ModelKinds
{
    /// <summary>A restricted Boltzmann machine.</summary>
    public const string Rbm = "rbm";

    /// <summary>A fully visible Boltzmann machine.</summary>
    public const string Boltzmann = "boltzmann";

    /// <summary>A Hopfield network.</summary>
    public const string Hopfield = "hopfield";

    /// <summary>A subspace RBM.</summary>
    public const string Subspace = "subspace";

    /// <summary>A classification RBM.</summary>
    public const string Classifier = "classifier";

    /// <summary>A deep belief network.</summary>
    public const string DeepBelief = "dbn";

    /// <summary>A deep Boltzmann machine.</summary>
    public const string DeepBoltzmann = "dbm";

    /// <summary>An energy network that is a classifier.</summary>
    public const string EnergyNetwork = "jem";
}
