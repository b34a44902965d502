namespace FastRbm.Data;

/// <summary>A part of a data set.</summary>
public enum DatasetSplit
{
    /// <summary>What models are trained on.</summary>
    Train = 0,

    /// <summary>What choices are made on while training.</summary>
    Validation = 1,

    /// <summary>What results are reported on.</summary>
    Test = 2,
}
